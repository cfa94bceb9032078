"""Everything the surroundings decide, read once from the environment by the composition root.

Invariants: one frozen object; an unset or empty variable means its default; a bad value is refused in one
message that names the variable, what is wrong and what to write instead, and never repeats a password.
"""

from xinqiao.settings.environment import Settings, UnusableSetting, load_settings

__all__ = ["Settings", "UnusableSetting", "load_settings"]

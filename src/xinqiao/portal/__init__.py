"""The bank's portal: find an enterprise, read its credit report.

Pages work without script, on a phone, by keyboard and on paper, in Chinese and in English.

Invariants: pages only ask `products` and `rating`, and change nothing; everything a page loads comes from
this machine; the portal is served on the loopback address alone until sign-in exists.
"""

from xinqiao.portal.app import START_NOTICE, create_app, create_portal
from xinqiao.portal.desk import Desk, WorkspaceDesk
from xinqiao.portal.document import render_report

__all__ = ["START_NOTICE", "Desk", "WorkspaceDesk", "create_app", "create_portal", "render_report"]

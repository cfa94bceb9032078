"""What the catalogue refuses, and why."""

from difflib import get_close_matches

from xinqiao.kernel.refusals import NotFound, Refusal


class UnknownDataset(NotFound):
    """No contract of that name."""

    code = "unknown_dataset"

    @classmethod
    def named(cls, dataset: str, known: tuple[str, ...]) -> "UnknownDataset":
        """The refusal of `dataset`, suggesting near names among `known`."""
        near = get_close_matches(dataset, known, n=3)
        offer = f"是否要找：{'、'.join(near)}？" if near else "用 xinqiao catalogue list 查看现有数据集。"
        return cls(f"没有名为 {dataset} 的数据集", remedy=offer)


class UnknownField(NotFound):
    """The contract has no field of that name."""

    code = "unknown_field"


class InvalidContract(Refusal):
    """A contract file cannot be used as it stands."""

    code = "invalid_contract"


class DuplicateDataset(Refusal):
    """Two files declare the same dataset."""

    code = "duplicate_dataset"


class InvalidCases(Refusal):
    """A file of cases cannot be used as it stands."""

    code = "invalid_cases"

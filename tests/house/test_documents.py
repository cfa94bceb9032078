"""Documents that cannot drift: links lead somewhere, every page can be found, every term has one word."""

import re
from collections import Counter
from pathlib import Path

import pytest

from xinqiao.kernel import unified_code

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def pages(kept_files: list[Path]) -> list[Path]:
    return [file for file in kept_files if file.suffix == ".md"]


def targets(page: Path) -> list[Path]:
    """Files that a page links to."""
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    local = [link for link in LINK.findall(prose) if not re.match(r"[a-z]+:|#", link)]
    return [(page.parent / link.split("#")[0]).resolve() for link in local]


def anchors(page: Path) -> set[str]:
    """Headings of a page as addresses, the way forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file(pages: list[Path], root: Path) -> None:
    broken = [
        f"{page.relative_to(root)} → {target}"
        for page in pages
        for target in targets(page)
        if not target.exists()
    ]

    assert broken == []


def test_every_link_to_a_heading_finds_it(pages: list[Path], root: Path) -> None:
    broken = []
    for page in pages:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            file, _, heading = link.partition("#")
            target = (page.parent / file).resolve() if file else page
            if heading and not re.match(r"[a-z]+:", link) and heading not in anchors(target):
                broken.append(f"{page.relative_to(root)} → {link}")

    assert broken == []


def test_every_page_of_docs_is_reached_from_an_index(root: Path, kept_files: list[Path]) -> None:
    docs = {file for file in kept_files if file.is_relative_to(root / "docs")}
    indexes = [root / "README.md", root / "README.zh-CN.md", root / "docs" / "README.md"]
    linked = {target for index in indexes for target in targets(index)}

    assert {str(page.relative_to(root)) for page in docs - linked - set(indexes)} == set()


def test_a_decision_is_a_page_with_the_same_four_headings(root: Path) -> None:
    decisions = sorted((root / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in decisions]

    assert numbers == [f"{n:04d}" for n in range(1, len(decisions) + 1)]
    for page in decisions:
        headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"], page.name


def test_a_term_has_one_word_and_a_word_one_term(root: Path) -> None:
    glossary = (root / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]*[一-鿿][^|]*) \| ([^|]+) \|", glossary, flags=re.MULTILINE)
    terms = [
        (chinese.strip(), english.strip().lower()) for chinese, english in rows if chinese.strip() != "中文"
    ]
    chinese = Counter(term[0] for term in terms)
    english = Counter(term[1] for term in terms)

    assert len(terms) > 60
    assert [term for term, times in (chinese + english).items() if times > 1] == []


def test_the_changelog_tells_the_current_version(root: Path) -> None:
    version = re.search(
        r'^version = "(.+)"', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert version is not None
    assert f"## [{version[1]}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_code_in_readme_and_docs_is_one_that_the_program_takes(pages: list[Path], root: Path) -> None:
    """A reader tries the examples; what shows a wrong code says so beside it."""
    wrong = [
        f"{page.relative_to(root)}: {code[0]}"
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        for code in re.finditer(r"(?<![0-9A-Za-z])[0-9A-Z]{18}(?![0-9A-Za-z])", line)
        if not unified_code.is_valid(code[0]) and not re.search("wrong|refuse|错|误|不符", line)
    ]

    assert not wrong, wrong

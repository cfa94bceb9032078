"""An enterprise's size class in words for the report, from rows that the report tells of anyway."""

from xinqiao.products import model
from xinqiao.products.catalogue import Product
from xinqiao.products.reading import Reading
from xinqiao.sizing import DATASETS, load_scheme, size_of


def told_size(reading: Reading, product: Product) -> model.Size | None:
    """The size class as known to the evaluation; None when no registration is known."""
    summed = {section.dataset for _, section in product.sections() if section.facts or section.series}
    rows = {
        dataset: reading.rows(dataset, again=dataset in summed)
        for dataset in DATASETS
        if reading.holds(dataset)
    }
    made = size_of(rows, scheme=load_scheme().value, as_of=reading.evaluation.as_of)
    if made is None:
        return None
    english = {section.dataset: section.title_en for _, section in product.sections()}
    word = made.word or (None, None)
    return model.Size(
        code=made.size_class,
        zh=word[0],
        en=word[1],
        industry_zh=made.industry_zh,
        industry_en=made.industry_en,
        figures=tuple(
            model.SizeFigure(
                figure=each.figure,
                value=each.value,
                source_zh=reading.contracts[each.source].label if each.source else None,
                source_en=english.get(each.source, each.source) if each.source else None,
                ended_on=each.ended_on,
            )
            for each in made.figures
            if each.needed
        ),
        reference=made.reference,
    )

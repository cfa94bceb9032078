"""Credit products as declared data: `credit_report.yaml` says which records a report shows, in which order and how."""

from xinqiao.products.catalogue.loader import Fact, Figure, Product, Section, Theme, load_product

__all__ = ["Fact", "Figure", "Product", "Section", "Theme", "load_product"]

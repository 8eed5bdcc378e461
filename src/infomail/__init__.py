"""infomail: newsletters written as YAML, composed, checked, staged, delivered and published."""

__version__ = "0.1.0"

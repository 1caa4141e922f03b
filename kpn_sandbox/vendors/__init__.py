"""The vendors' APIs: one package per vendor, the same modules in each."""

"""Code tables, check digits and dated national figures: data files with small loaders."""

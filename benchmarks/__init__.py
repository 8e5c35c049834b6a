"""Ratios measured side by side in one run: what the product costs against the least that could do the same."""

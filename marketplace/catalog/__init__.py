"""What can be sold: the category tree with attribute schemas, brands and products."""

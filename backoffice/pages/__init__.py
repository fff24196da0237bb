"""What every page of the console is built from: blocks to show, decisions to take, forms to ask."""

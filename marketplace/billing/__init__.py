"""What the marketplace bills its sellers: commission lines as they arise, invoices and credit notes per period."""

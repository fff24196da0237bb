"""The index of live listings: PostgreSQL full text with facets."""

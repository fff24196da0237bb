"""One module per service that is told what buyers do: Segment, Mixpanel."""

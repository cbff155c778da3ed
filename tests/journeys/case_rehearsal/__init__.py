"""What the journeys of single cases need besides the demonstration's people: colleagues, drafts, a municipality."""

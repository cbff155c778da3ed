"""One officer walks the whole chain over HTTP, as the people who do it would."""

"""The deployments: the only place that joins core, adapters and apps and knows a node's role."""

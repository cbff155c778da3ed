"""Clock, actor, base models, scoping, the node's logs, ports, page shell and components."""

"""Wire models: the JSON shapes that hub, nodes and auditors exchange. PROTOCOL section 3 onward."""

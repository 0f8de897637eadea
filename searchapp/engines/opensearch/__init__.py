"""The engine on an OpenSearch cluster: the same answers as the embedded one, from as many machines as it takes."""

"""Writing the cluster's index: schema, documents, bulk requests, generations."""

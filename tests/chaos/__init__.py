"""The product under fire: processes of it on a real Kafka, faults at random moments, then an audit."""

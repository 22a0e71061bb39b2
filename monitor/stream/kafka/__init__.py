"""The stream on Apache Kafka, for those who outgrow one machine."""

from monitor.stream.kafka.settings import KafkaSettings
from monitor.stream.kafka.stream import KafkaStream, open_stream

__all__ = ["KafkaSettings", "KafkaStream", "open_stream"]

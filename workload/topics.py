"""What the workload area has to tell people, for `cases.topics`: sentences without names."""

from cases.topics import Topic

TOPICS: dict[str, Topic] = {}

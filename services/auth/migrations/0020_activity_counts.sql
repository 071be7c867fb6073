-- Metrics count activities by what they are about, day by day.

ALTER TABLE activities ADD KEY activities_topic (category, topic, action, created_at);

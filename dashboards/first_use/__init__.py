"""The way from an empty installation to the first night, and a welcome for each role."""

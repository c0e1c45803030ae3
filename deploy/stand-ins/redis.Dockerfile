# Replaces the image redis:7-bookworm where it can't be pulled: Debian's redis-server.
ARG NODE_IMAGE=node:26-bookworm-slim
FROM ${NODE_IMAGE}
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server redis-tools && rm -rf /var/lib/apt/lists/*
RUN install --directory --owner=redis --group=redis /data
VOLUME /data
WORKDIR /data
ENTRYPOINT []
CMD ["redis-server"]

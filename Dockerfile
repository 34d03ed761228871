# The sidecar, the api and the set-up before them: one image, three commands (see docker-compose.yml).
#
# Base images are pinned by exact tag. A digest would pin them for good: `docker buildx imagetools inspect
# <image>` shows it, and `<image>@sha256:…` takes it.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY bin/ bin/
COPY contract/ contract/
COPY runtime/ runtime/
COPY sidecar/ sidecar/
COPY relay/ relay/
COPY api/ api/
RUN node bin/build.mjs

FROM node:20.20.2-bookworm-slim
# The two thresholds, in bytes: glibc gives back what large bodies have used.
ENV NODE_ENV=production MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules/ node_modules/
COPY --from=build /app/dist/ dist/
# A new volume takes owner and mode from the folder it is mounted on. nginx runs as the same user, as the
# sockets open for their owner alone.
RUN install -d -o 10001 -g 10001 -m 0700 /run/hookswitch /var/lib/hookswitch \
      /var/lib/hookswitch/keys /var/lib/hookswitch/database /var/lib/hookswitch/log /var/lib/hookswitch/media
USER 10001:10001

# The gateway in an image. One instruction a line: scripts/docker-steps.sh reads this file and does the same
# steps without a Docker engine.
#
# Before you ship it, pin the base by digest: replace the tag below, in both places, by
# node:24.11.1-bookworm-slim@sha256:… as `docker buildx imagetools inspect node:24.11.1-bookworm-slim` shows it.
FROM node:24.11.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/copy-assets.mjs scripts/
COPY src src
RUN npm run build
RUN npm prune --omit=dev --no-audit --no-fund

FROM node:24.11.1-bookworm-slim
ENV NODE_ENV=production
RUN install -d -o node -g node -m 0700 /var/lib/yinqi/journal
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY protocol-specs protocol-specs
COPY deploy/healthcheck.mjs deploy/
COPY LICENSE ./
USER node
# the journal 流水账: on a disk that survives the container, mounted by one gateway only
VOLUME /var/lib/yinqi/journal
# metrics and health; set admin.host to 0.0.0.0 in the config, or nobody outside the container reaches it
EXPOSE 9464
# the port of a link that its bank connects to (links[].listen) is the config's to choose: deploy/README.md
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start", "--config", "/etc/yinqi/yinqi.yaml"]

# One image for the workers, the server and the command line; docker-compose.yml says which runs where.
FROM node:24-bookworm-slim AS packages
WORKDIR /attune
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    NODE_OPTIONS=--disable-warning=ExperimentalWarning \
    ATTUNE_DATA=/var/lib/attune-data
WORKDIR /attune
COPY --from=packages /attune/node_modules node_modules
COPY package.json package-lock.json attune.config.ts ./
COPY contracts contracts
COPY domain domain
COPY db db
COPY operations operations
COPY llm llm
COPY practice practice
COPY agents agents
COPY activities activities
COPY workflows workflows
COPY worker worker
COPY server server
COPY stack stack
COPY client client
COPY examples examples
RUN mkdir -p "$ATTUNE_DATA" && chown node:node "$ATTUNE_DATA"
USER node
CMD ["node", "server/main.ts"]

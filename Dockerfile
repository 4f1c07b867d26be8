# One image for everything: the api, which is its command, the worker, and the commands for keys, verification and rebuilds (docs/operations.md).
# Node runs the TypeScript source itself: nothing is built, and the workspace keeps its shape, since types are not stripped under node_modules.

FROM node:26.10.0-bookworm-slim AS install
WORKDIR /tools
COPY tools/package.json tools/package-lock.json ./
# pnpm alone: the optional packages are Node for machines that have none.
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund
WORKDIR /averment
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
COPY packages packages
COPY services services
# The optional packages are an embedded PostgreSQL for each platform, which only `npm start` uses.
RUN node /tools/node_modules/pnpm/bin/pnpm.mjs install --prod --no-optional --frozen-lockfile --ignore-scripts

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /averment
COPY --from=install /averment ./
# The list of erasures lies in a volume there, which takes over whose it is.
RUN install -d -o node -g node /var/lib/averment
USER node
EXPOSE 8080
# Without a shell in between, so that Node gets the signal to stop. The health checks are in docker-compose.yml, since each program has its own.
CMD ["node", "services/api/src/main.ts"]

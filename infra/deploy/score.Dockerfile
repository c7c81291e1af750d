# The scoring job. Its context is dist/deploy/score-job, which `npm run bundle` writes.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json ./
RUN npm install --omit=dev --no-audit --no-fund && npm cache clean --force
COPY . .
USER node
ENTRYPOINT ["node", "index.mjs"]

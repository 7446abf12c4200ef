# Bryggan as it runs in production: not root, read-only root file system, one volume for state.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings Node 24 itself; the pinned Node package and optional native parts are for machines without it.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production BRYGGAN_ROOT=/etc/bryggan BRYGGAN_STATE=/var/lib/bryggan
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
RUN rm -rf src/demo && install -d -o node -g node -m 0700 /var/lib/bryggan && install -d /etc/bryggan
COPY config /etc/bryggan/config
COPY metadata /etc/bryggan/metadata
USER node
VOLUME /var/lib/bryggan
EXPOSE 8443 8444
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:9443/health/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "src/main.ts"]
CMD ["serve"]

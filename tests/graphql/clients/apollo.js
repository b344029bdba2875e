// Apollo Client: a query with variables, by GET with a persisted hash, an error, and pages merged by cursor.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { createHash } from "node:crypto";

const cache = () =>
  new InMemoryCache({ typePolicies: { Query: { fields: { places: relayStylePagination() } } } });
const http = new HttpLink({ uri: process.argv[2] });
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http);
const ZONE = gql`
  query Zone($slug: String!) {
    zone(slug: $slug) {
      id
      labellings {
        nodes {
          id
          label
          attribution
        }
      }
    }
  }
`;
const PLACES = gql`
  query Places($after: String) {
    places(first: 5, after: $after) {
      edges {
        node {
          id
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

const found = {};
for (const [name, link] of Object.entries({ plain: http, persisted, again: persisted })) {
  const client = new ApolloClient({ link, cache: cache() });
  found[name] = (await client.query({ query: ZONE, variables: { slug: "idlib" } })).data;
}
const client = new ApolloClient({ link: http, cache: cache() });
const watched = client.watchQuery({ query: PLACES });
const first = await new Promise((done) => watched.subscribe((result) => result.data && done(result)));
await watched.fetchMore({ variables: { after: first.data.places.pageInfo.endCursor } });
found.places = client.readQuery({ query: PLACES }).places.edges.length;
try {
  await client.query({ query: gql`{ labellings { nodes { label } } }` });
} catch (error) {
  found.code = (error.errors ?? error.cause?.errors ?? [{ extensions: {} }])[0].extensions.code;
}
console.log(JSON.stringify(found));
process.exit(0);

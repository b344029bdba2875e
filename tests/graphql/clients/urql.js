// urql: a query by POST and by GET, and an error.
import { Client, fetchExchange, gql } from "@urql/core";

const ZONE = gql`
  query Zone($slug: String!) {
    zone(slug: $slug) {
      id
      prefLabel
    }
  }
`;
const found = {};
for (const preferGetMethod of [false, "force"]) {
  const client = new Client({ url: process.argv[2], exchanges: [fetchExchange], preferGetMethod });
  found[preferGetMethod || "post"] = (await client.query(ZONE, { slug: "idlib" })).data;
  const refused = await client.query(gql`{ labellings { nodes { label } } }`, {});
  found.code = refused.error.graphQLErrors[0].extensions.code;
}
console.log(JSON.stringify(found));

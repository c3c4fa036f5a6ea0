// A real OpenID provider for the tests of signing in: the certified npm package, on 127.0.0.1, told what it needs by JSON
// on its command line. It prints its port once it listens. PKCE is required; userinfo is a signed JWT.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const told = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: told.client_id, client_secret: told.client_secret, redirect_uris: [told.redirect_uri],
      post_logout_redirect_uris: [told.signed_out], response_types: ["code"], grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_basic", userinfo_signed_response_alg: "RS256",
    }],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { jwtUserinfo: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    cookies: { keys: ["of the tests"] },
    async findAccount(_context, id) {
      return { accountId: id, claims: async () => ({ sub: id, ...told.people[id] }) };
    },
  });
  server.on("request", provider.callback());
  console.log(JSON.stringify({ port: server.address().port }));
});

internal import Foundation

extension EmbeddedSeed {
    /// The world of a new state file: `samples/embedded.json`, compiled in, because one binary must be enough.
    public static var defaultWorld: EmbeddedSeed {
        get throws(EmbeddedServerError) { try EmbeddedSeed(json: Data(defaultWorldJSON.utf8)) }
    }

    /// The default world's document, to begin a seed of one's own from.
    public static let defaultWorldJSON = #"""
        {
          "organizations": [
            {
              "id": "aaaaaaaa-0000-4000-8000-000000000001",
              "slug": "wayne",
              "name": "Wayne Software",
              "member_model": true,
              "rate_group": "elevated",
              "tokens": [
                {"token": "polar_oat_embedded_wayne", "scopes": ["*"]},
                {
                  "token": "polar_oat_embedded_readonly",
                  "scopes": [
                    "customer_seats:read",
                    "subscriptions:read",
                    "orders:read",
                    "customers:read",
                    "members:read",
                    "events:read",
                    "organizations:read",
                    "products:read"
                  ]
                },
                {"token": "polar_oat_embedded_expired", "scopes": ["*"], "expires_at": "2026-01-01T00:00:00Z"}
              ],
              "products": [
                {
                  "id": "bbbbbbbb-0000-4000-8000-000000000001",
                  "name": "Team Plan",
                  "description": "Seats by the month",
                  "recurring_interval": "month",
                  "currency": "usd",
                  "tier_type": "volume",
                  "price_id": "bbbbbbbb-0000-4000-8000-000000000011",
                  "tiers": [
                    {"min_seats": 1, "max_seats": 9, "price_per_seat": 1200},
                    {"min_seats": 10, "max_seats": 49, "price_per_seat": 1000},
                    {"min_seats": 50, "max_seats": null, "price_per_seat": 800}
                  ]
                },
                {
                  "id": "bbbbbbbb-0000-4000-8000-000000000002",
                  "name": "Perpetual Team License",
                  "description": "Seats for good",
                  "recurring_interval": null,
                  "currency": "usd",
                  "tier_type": "graduated",
                  "price_id": "bbbbbbbb-0000-4000-8000-000000000012",
                  "tiers": [
                    {"min_seats": 1, "max_seats": 10, "price_per_seat": 15000},
                    {"min_seats": 11, "max_seats": 500, "price_per_seat": 12000}
                  ]
                }
              ],
              "customers": [
                {
                  "id": "cccccccc-0000-4000-8000-000000000001",
                  "email": "billing@acme-co.dev",
                  "external_id": "acme",
                  "name": "Acme",
                  "pays": true,
                  "members": [
                    {
                      "id": "dddddddd-0000-4000-8000-000000000001",
                      "email": "billing@acme-co.dev",
                      "external_id": "acme",
                      "name": "Acme",
                      "role": "owner"
                    },
                    {
                      "id": "dddddddd-0000-4000-8000-000000000002",
                      "email": "ada@acme-co.dev",
                      "external_id": "u-1001",
                      "name": "Ada Example"
                    },
                    {
                      "id": "dddddddd-0000-4000-8000-000000000003",
                      "email": "grace@acme-co.dev",
                      "external_id": "u-1002",
                      "name": "Grace Example"
                    },
                    {"id": "dddddddd-0000-4000-8000-000000000004", "email": "linus@acme-co.dev"},
                    {
                      "id": "dddddddd-0000-4000-8000-000000000005",
                      "email": "margaret@acme-co.dev",
                      "external_id": "u-1004"
                    }
                  ]
                },
                {
                  "id": "cccccccc-0000-4000-8000-000000000002",
                  "email": "billing@globex.dev",
                  "external_id": "globex",
                  "name": "Globex",
                  "members": [
                    {
                      "id": "dddddddd-0000-4000-8000-000000000011",
                      "email": "billing@globex.dev",
                      "external_id": "globex",
                      "name": "Globex",
                      "role": "owner"
                    },
                    {"id": "dddddddd-0000-4000-8000-000000000012", "email": "hank@globex.dev", "name": "Hank Example"},
                    {"id": "dddddddd-0000-4000-8000-000000000013", "email": "dora@globex.dev"},
                    {"id": "dddddddd-0000-4000-8000-000000000014", "email": "frank@globex.dev"}
                  ]
                },
                {
                  "id": "cccccccc-0000-4000-8000-000000000003",
                  "email": "initech@acme-co.dev",
                  "external_id": "initech",
                  "name": "Initech",
                  "members": [
                    {
                      "id": "dddddddd-0000-4000-8000-000000000021",
                      "email": "initech@acme-co.dev",
                      "external_id": "initech",
                      "name": "Initech",
                      "role": "owner"
                    }
                  ]
                },
                {
                  "id": "cccccccc-0000-4000-8000-000000000004",
                  "email": "katherine@acme-co.dev",
                  "external_id": "u-2001",
                  "name": "Katherine Example"
                }
              ],
              "subscriptions": [
                {
                  "id": "11111111-1111-4111-8111-111111111111",
                  "customer_id": "cccccccc-0000-4000-8000-000000000001",
                  "product_id": "bbbbbbbb-0000-4000-8000-000000000001",
                  "seats": 25,
                  "started_at": "2026-01-05T09:00:00Z",
                  "checkout_id": "eeeeeeee-0000-4000-8000-000000000001",
                  "given": [
                    {
                      "id": "ffffffff-0000-4000-8000-000000000001",
                      "email": "ada@acme-co.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-05T10:00:00Z",
                      "claimed_at": "2026-01-05T10:12:00Z",
                      "metadata": {"department": "R&D"}
                    },
                    {
                      "id": "ffffffff-0000-4000-8000-000000000002",
                      "email": "grace@acme-co.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-05T10:00:01Z",
                      "claimed_at": "2026-01-06T08:30:00Z"
                    },
                    {
                      "id": "ffffffff-0000-4000-8000-000000000003",
                      "email": "linus@acme-co.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-05T10:00:02Z",
                      "claimed_at": "2026-01-07T14:05:00Z"
                    },
                    {
                      "id": "ffffffff-0000-4000-8000-000000000004",
                      "email": "margaret@acme-co.dev",
                      "status": "pending",
                      "invited_at": "2026-01-12T09:00:00Z"
                    }
                  ]
                },
                {
                  "id": "22222222-2222-4222-8222-222222222222",
                  "customer_id": "cccccccc-0000-4000-8000-000000000002",
                  "product_id": "bbbbbbbb-0000-4000-8000-000000000001",
                  "seats": 3,
                  "started_at": "2026-01-06T09:00:00Z",
                  "checkout_id": "eeeeeeee-0000-4000-8000-000000000002",
                  "given": [
                    {
                      "id": "ffffffff-0000-4000-8000-000000000011",
                      "email": "hank@globex.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-06T10:00:00Z",
                      "claimed_at": "2026-01-06T10:20:00Z"
                    },
                    {
                      "id": "ffffffff-0000-4000-8000-000000000012",
                      "email": "dora@globex.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-06T10:00:01Z",
                      "claimed_at": "2026-01-06T11:00:00Z"
                    },
                    {
                      "id": "ffffffff-0000-4000-8000-000000000013",
                      "email": "frank@globex.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-06T10:00:02Z",
                      "claimed_at": "2026-01-08T07:45:00Z"
                    }
                  ]
                }
              ],
              "orders": [
                {
                  "id": "33333333-3333-4333-8333-333333333333",
                  "customer_id": "cccccccc-0000-4000-8000-000000000003",
                  "product_id": "bbbbbbbb-0000-4000-8000-000000000002",
                  "seats": 10,
                  "started_at": "2026-01-08T09:00:00Z",
                  "checkout_id": "eeeeeeee-0000-4000-8000-000000000003"
                },
                {
                  "id": "eeeeeeee-0000-4000-8000-000000000011",
                  "customer_id": "cccccccc-0000-4000-8000-000000000001",
                  "product_id": "bbbbbbbb-0000-4000-8000-000000000001",
                  "seats": 25,
                  "started_at": "2026-01-05T09:00:00Z",
                  "checkout_id": "eeeeeeee-0000-4000-8000-000000000001",
                  "subscription_id": "11111111-1111-4111-8111-111111111111"
                }
              ]
            },
            {
              "id": "aaaaaaaa-0000-4000-8000-000000000002",
              "slug": "umbrella",
              "name": "Umbrella",
              "member_model": false,
              "rate_group": "default",
              "tokens": [{"token": "polar_oat_embedded_umbrella", "scopes": ["*"]}],
              "products": [
                {
                  "id": "bbbbbbbb-0000-4000-8000-000000000003",
                  "name": "Team Plan",
                  "description": "Seats by the month",
                  "recurring_interval": "month",
                  "currency": "usd",
                  "tier_type": "graduated",
                  "price_id": "bbbbbbbb-0000-4000-8000-000000000013",
                  "tiers": [
                    {"min_seats": 2, "max_seats": 5, "price_per_seat": 1500},
                    {"min_seats": 6, "max_seats": 100, "price_per_seat": 900}
                  ]
                }
              ],
              "customers": [
                {
                  "id": "cccccccc-0000-4000-8000-000000000011",
                  "email": "umbrella@globex.dev",
                  "external_id": "umbrella-hq",
                  "name": "Umbrella HQ"
                },
                {
                  "id": "cccccccc-0000-4000-8000-000000000012",
                  "email": "jill@globex.dev",
                  "external_id": "u-3001",
                  "name": "Jill Example"
                },
                {
                  "id": "cccccccc-0000-4000-8000-000000000013",
                  "email": "leon@globex.dev",
                  "external_id": "u-3002",
                  "name": "Leon Example"
                },
                {
                  "id": "cccccccc-0000-4000-8000-000000000014",
                  "email": "claire@globex.dev",
                  "external_id": "u-3003",
                  "name": "Claire Example"
                }
              ],
              "subscriptions": [
                {
                  "id": "44444444-4444-4444-8444-444444444444",
                  "customer_id": "cccccccc-0000-4000-8000-000000000011",
                  "product_id": "bbbbbbbb-0000-4000-8000-000000000003",
                  "seats": 10,
                  "started_at": "2026-01-09T09:00:00Z",
                  "given": [
                    {
                      "id": "ffffffff-0000-4000-8000-000000000021",
                      "email": "jill@globex.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-09T10:00:00Z",
                      "claimed_at": "2026-01-09T12:00:00Z"
                    },
                    {
                      "id": "ffffffff-0000-4000-8000-000000000022",
                      "email": "leon@globex.dev",
                      "status": "claimed",
                      "invited_at": "2026-01-09T10:00:01Z",
                      "claimed_at": "2026-01-10T09:00:00Z"
                    }
                  ]
                }
              ],
              "orders": []
            }
          ]
        }

        """#
}

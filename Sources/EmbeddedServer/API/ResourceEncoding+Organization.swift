extension ServerState {
    /// An organization's body is mostly settings; only those that seats depend on are stored, the others are constant.
    func write(_ organization: Organization, to w: inout JSONWriter) {
        w.object { w in
            w.field("created_at", organization.createdAt)
            w.nullField("modified_at")
            w.field("id", organization.id)
            w.field("name", organization.name)
            w.field("slug", organization.slug)
            w.nullField("avatar_url")
            w.field("proration_behavior", organization.proration?.rawValue ?? "prorate")
            w.field("allow_customer_updates", true)
            for name: StaticString in ["bio", "company", "blog", "location", "twitter_username"] { w.nullField(name) }
            w.field("pledge_minimum_amount", 0)
            w.field("pledge_badge_show_amount", false)
            w.nullField("default_upfront_split_to_contributors")
            w.nullField("email")
            w.nullField("website")
            w.arrayField("socials")
            w.field("status", "active")
            w.nullField("details_submitted_at")
            w.nullField("onboarding_resubmission_requested_at")
            w.field("sso_enforced", false)
            w.field("default_presentment_currency", "usd")
            w.field("default_tax_behavior", "location")
            w.objectField("feature_settings") { writeFeatures(organization, to: &$0) }
            w.objectField("subscription_settings") { w in
                w.field("allow_multiple_subscriptions", false)
                w.field("proration_behavior", organization.proration?.rawValue ?? "prorate")
                w.field("benefit_revocation_grace_period", 0)
                w.field("prevent_trial_abuse", false)
                w.field("allow_customer_updates", true)
            }
            w.objectField("customer_email_settings") { w in
                for name in Self.customerEmails { w.field(name, true) }
            }
            w.objectField("customer_portal_settings") { w in
                w.objectField("usage") { $0.field("show", true) }
                w.objectField("subscription") { w in
                    w.field("update_seats", true)
                    w.field("update_plan", true)
                }
                w.objectField("customer") { $0.field("allow_email_change", false) }
            }
            w.objectField("dispute_settings") { $0.nullField("auto_accept_below_amount") }
            w.arrayField("embed_hosts")
            w.field("embed_hosts_enforced", true)
            w.nullField("country")
            w.nullField("account_id")
            w.nullField("payout_account_id")
            w.objectField("capabilities") { w in
                for name: StaticString in [
                    "checkout_payments", "subscription_renewals", "payouts", "refunds", "api_access",
                    "dashboard_access",
                ] { w.field(name, true) }
            }
            w.objectField("notification_settings") { w in
                w.field("new_order", true)
                w.field("new_subscription", true)
                w.field("chargeback_prevention", true)
                w.field("subscription_renewal", false)
            }
        }
    }

    private static let customerEmails: [StaticString] = [
        "order_confirmation", "payment_method_expiration_reminder", "subscription_cancellation",
        "subscription_confirmation", "subscription_cycled", "subscription_cycled_after_trial", "subscription_past_due",
        "subscription_paused", "subscription_resumed", "subscription_renewal_reminder", "subscription_revoked",
        "subscription_trial_conversion_reminder", "subscription_uncanceled", "subscription_updated",
    ]

    private func writeFeatures(_ organization: Organization, to w: inout JSONWriter) {
        w.field("issue_funding_enabled", false)
        w.field("seat_based_pricing_enabled", organization.seatPricing)
        w.field("unit_based_pricing_enabled", false)
        w.field("wallets_enabled", false)
        w.field("member_model_enabled", organization.memberModel)
        w.field("checkout_localization_enabled", false)
        w.nullField("overview_metrics")
        w.field("reset_proration_behavior_enabled", organization.proration == .reset)
        for name: StaticString in [
            "off_session_charges_enabled", "meter_cycling_enabled",
            "slack_benefit_enabled", "preview_access_enabled", "disputes_enabled", "sso_enabled",
            "dispute_auto_accept_enabled", "compass_enabled", "merchant_migration_enabled",
        ] { w.field(name, false) }
    }
}

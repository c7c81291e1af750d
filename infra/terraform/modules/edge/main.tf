resource "google_compute_global_address" "api" {
  project = var.project_id
  name    = "atlas-api"
}

resource "google_compute_region_network_endpoint_group" "api" {
  project               = var.project_id
  region                = var.region
  name                  = "atlas-api"
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = var.service
  }
}

resource "google_compute_backend_service" "api" {
  project               = var.project_id
  name                  = "atlas-api"
  protocol              = "HTTPS"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_security_policy.api.id
  backend {
    group = google_compute_region_network_endpoint_group.api.id
  }
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_url_map" "api" {
  project         = var.project_id
  name            = "atlas-api"
  default_service = google_compute_backend_service.api.id
}

resource "google_compute_url_map" "redirect" {
  project = var.project_id
  name    = "atlas-api-redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "PERMANENT_REDIRECT"
    strip_query            = false
  }
}

resource "google_compute_managed_ssl_certificate" "api" {
  project = var.project_id
  name    = "atlas-api"
  managed {
    domains = [var.domain]
  }
}

resource "google_compute_ssl_policy" "api" {
  project         = var.project_id
  name            = "atlas-api"
  profile         = "RESTRICTED"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "api" {
  project          = var.project_id
  name             = "atlas-api"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = [google_compute_managed_ssl_certificate.api.id]
  ssl_policy       = google_compute_ssl_policy.api.id
}

resource "google_compute_target_http_proxy" "redirect" {
  project = var.project_id
  name    = "atlas-api-redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "api" {
  project               = var.project_id
  name                  = "atlas-api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.api.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.api.id
}

resource "google_compute_global_forwarding_rule" "redirect" {
  project               = var.project_id
  name                  = "atlas-api-redirect"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.api.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect.id
}

# Rates first: a flood of any kind is cheap to refuse. Scanners and broken HTTP next. Rules that look into bodies stay out:
# prompts are free text, and free text looks like anything.
resource "google_compute_security_policy" "api" {
  project = var.project_id
  name    = "atlas-api"
  type    = "CLOUD_ARMOR"

  rule {
    priority    = 1000
    action      = "throttle"
    description = "One API key"
    match {
      expr {
        expression = "has(request.headers['authorization'])"
      }
    }
    rate_limit_options {
      conform_action      = "allow"
      exceed_action       = "deny(429)"
      enforce_on_key      = "HTTP_HEADER"
      enforce_on_key_name = "authorization"
      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }
  rule {
    priority    = 900
    action      = "rate_based_ban"
    description = "One address, with whatever keys"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action   = "allow"
      exceed_action    = "deny(429)"
      enforce_on_key   = "IP"
      ban_duration_sec = 300
      rate_limit_threshold {
        count        = var.requests_per_minute * 10
        interval_sec = 60
      }
    }
  }
  rule {
    priority    = 500
    action      = "deny(403)"
    description = "Scanners"
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('scannerdetection-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    priority    = 510
    action      = "deny(403)"
    description = "Smuggled requests"
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('protocolattack-v33-stable', {'sensitivity': 1})"
      }
    }
  }
  rule {
    priority    = 2147483647
    action      = "allow"
    description = "Everybody else"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

# shellcheck shell=bash
# Sourced by checks.sh: HAProxy between clients and nginx, which is production on 8081 and the mirror on 8082.

start_traffic() {
    mkdir -p /etc/test
    cat >/etc/test/nginx.conf <<'CONF'
daemon off;
pid /run/nginx-test.pid;
worker_processes 1;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 1000000000;
    server { listen 127.0.0.1:8081; location / { return 200 "production\n"; } }
    server {
        listen 127.0.0.1:8082;
        location / { access_log /var/log/nginx/mirror.log; return 200; }
        location /load { access_log /var/log/nginx/load.log; return 200; }
    }
}
CONF
    cat >/etc/test/haproxy.cfg <<'CONF'
global
    stats socket /run/haproxy-test.sock level admin
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:8080
    option http-buffer-request
    filter spoe engine mirror config /etc/test/spoe.conf
    default_backend production
backend production
    server nginx 127.0.0.1:8081
backend mirroragents
    mode tcp
    option spop-check
    timeout connect 5s
    timeout server 3m
    server agent 127.0.0.1:12345 check inter 500ms
CONF
    cat >/etc/test/spoe.conf <<'CONF'
[mirror]
spoe-agent mirror
    messages mirror
    use-backend mirroragents
    option var-prefix mirror
    timeout processing 500ms
    timeout hello 500ms
    timeout idle 30s
spoe-message mirror
    args arg_method=method arg_path=url arg_ver=req.ver arg_hdrs=req.hdrs_bin arg_body=req.body arg_size=req.body_size
    event on-frontend-http-request if { nbsrv(mirroragents) gt 0 }
CONF
    systemd-run --quiet --unit=test-nginx nginx -c /etc/test/nginx.conf
    systemd-run --quiet --unit=test-haproxy haproxy -f /etc/test/haproxy.cfg
    eventually curl -sf -o /dev/null http://127.0.0.1:8080/
}

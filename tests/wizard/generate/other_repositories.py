"""Small Go, PHP and static repositories, written for these tests: name → path → text."""

import json

Files = dict[str, str]


def composer(**fields: object) -> str:
    """A composer.json."""
    return json.dumps({"name": "example/clinic", **fields}, indent=4) + "\n"


def composer_lock(*packages: dict[str, object]) -> str:
    """A composer.lock with these packages."""
    return json.dumps({"packages": list(packages), "packages-dev": []}, indent=4) + "\n"


def node(**fields: object) -> str:
    """A package.json."""
    return json.dumps({"name": "front", "private": True, **fields}, indent=2) + "\n"


def npm_lock(*names: str) -> str:
    """A package-lock.json that holds these names."""
    packages = {"": {}, **{f"node_modules/{name}": {"version": "1.0.0"} for name in names}}
    return json.dumps({"name": "front", "lockfileVersion": 3, "packages": packages}, indent=2)


MAIN = "package main\n\nfunc main() {\n}\n"
GO: Files = {
    "go.mod": (
        "module github.com/example/clinic\n\n// +heroku goVersion go1.24\ngo 1.23.1\n\n"
        "require (\n\tgithub.com/lib/pq v1.10.9\n)\n"
    ),
    "go.sum": "github.com/lib/pq v1.10.9 h1:x=\n",
    "main.go": MAIN,
    "templates/index.html": "",
    "Procfile": "web: clinic\n",
}
LARAVEL: Files = {
    "composer.json": composer(
        require={"php": "^8.1", "laravel/framework": "^10.10"},
        scripts={
            "post-autoload-dump": ["@php artisan package:discover --ansi"],
            "post-install-cmd": ["@php artisan config:cache", "@php artisan storage:link"],
            "compile": ["php artisan migrate --force"],
        },
    ),
    "composer.lock": composer_lock(
        {"name": "brick/math", "require": {"php": "^8.0"}},
        {
            "name": "laravel/framework",
            "require": {"php": "^8.1", "ext-mbstring": "*", "ext-intl": "*"},
        },
        {"name": "old/thing", "require": {"php": "~8.1.0 || ~8.2.0 || ~8.3.0"}},
    ),
    "artisan": "#!/usr/bin/env php\n",
    "public/index.php": "<?php\n",
    "config/database.php": "<?php return ['default' => 'pgsql'];\n",
    "app/Console/Commands/Chat.php": "<?php class Chat { protected $signature = 'chat:user'; }\n",
    "app/Console/Commands/Listen.php": (
        "<?php class Listen { protected $signature = 'bus:listen {--once}';\n"
        "function handle() { while (true) { } } }\n"
    ),
}

OTHERS: dict[str, Files] = {
    "go-module": dict(GO),
    "go-several": {
        "go.mod": (
            "module example.org/clinic/v2\n\ngo 1.21\ntoolchain go1.25.0\n\n"
            "// +heroku install ./cmd/...\n\nrequire github.com/mattn/go-sqlite3 v1.14.22\n"
            "replace example.org/shared => ./shared\n"
        ),
        "go.sum": "github.com/mattn/go-sqlite3 v1.14.22 h1:x=\n",
        "cmd/web/main.go": MAIN,
        "cmd/worker/main.go": f"//go:build !windows\n\n{MAIN}",
        "cmd/worker/windows.go": f"//go:build windows\n\n{MAIN}",
        "tools/gen/main.go": MAIN,
        "shared/go.mod": "module example.org/shared\n",
        "shared/cmd/x/main.go": MAIN,
        "bin/go-post-compile": "#!/bin/sh\necho done\n",
        "report.go": 'package clinic\n\nvar c = exec.Command("pdftotext", "-")\n',
        "Procfile": "web: bin/web\nworker: worker -n 2\nrelease: bin/web migrate\n",
    },
    "go-vendor": {
        **GO,
        "vendor/modules.txt": "# github.com/lib/pq v1.10.9\n",
        "vendor/github.com/lib/pq/main.go": MAIN,
        "Procfile": "web: clinic -addr :$PORT\n",
        "package.json": node(
            engines={"node": "22.x"},
            scripts={"build": "vite build", "start": "vite"},
            devDependencies={"vite": "^5.0.0"},
        ),
        "package-lock.json": npm_lock("vite"),
    },
    "php-apache": {
        "composer.json": composer(
            **{
                "require": {"php": "^8.2", "slim/slim": "^4.0", "ext-gd": "*", "ext-redis": "*"},
                "require-dev": {"heroku/heroku-buildpack-php": "*"},
            }
        ),
        "composer.lock": composer_lock({"name": "slim/slim", "require": {"php": "^7.4 || ^8.0"}}),
        "web/index.php": "<?php echo $_ENV['NAME'];\n",
        "web/.user.ini": "upload_max_filesize = 20M\n",
        "apache_app.conf": "FallbackResource /index.php\n",
        "Procfile": "web: vendor/bin/heroku-php-apache2 -C apache_app.conf web/\n",
    },
    "laravel-vite": {
        **LARAVEL,
        "nginx.conf": "location / {\n    try_files $uri /index.php?$query_string;\n}\n",
        "package.json": node(
            engines={"node": "20.x"},
            scripts={"build": "vite build", "dev": "vite"},
            devDependencies={"vite": "^5.0.0", "laravel-vite-plugin": "^1.0.0"},
        ),
        "package-lock.json": npm_lock("vite", "laravel-vite-plugin"),
        "vite.config.js": "import ziggy from './vendor/tightenco/ziggy';\n",
        "resources/js/app.js": "console.log(import.meta.env.VITE_APP_NAME)\n",
        "Procfile": (
            "web: vendor/bin/heroku-php-nginx -C nginx.conf public/\n"
            "worker: php artisan queue:work --tries=3\nroute: php artisan route:list\n"
            "chat: php artisan chat:user\nbus: php artisan bus:listen\nversion: php artisan -V\n"
        ),
    },
    "php-plain": {
        "index.php": "<?php $db = new mysqli('x'); $z = new ZipArchive();\n",
        "Procfile": "web: php -S 0.0.0.0:$PORT\n",
    },
    "static-files": {
        "static.json": json.dumps(
            {
                "root": "site/",
                "clean_urls": True,
                "https_only": True,
                "error_page": "errors/404.html",
                "routes": {"/app/**": "app/index.html", "/**": "index.html"},
                "redirects": {"/old": {"url": "/new", "status": 302}},
                "headers": {
                    "/**": {"X-Frame-Options": "DENY", "Cache-Control": "max-age=60"},
                    "/assets/*": {"Cache-Control": "public, max-age=31536000"},
                },
            },
            indent=2,
        ),
        "site/index.html": "<p>clinic</p>\n",
    },
    "static-built": {
        "static.json": '{"root": "build/", "routes": {"/**": "index.html"}}\n',
        "package.json": node(
            engines={"node": "22.x"},
            scripts={"build": "react-scripts build", "start": "react-scripts start"},
            dependencies={"react": "^18", "react-scripts": "5.0.1"},
        ),
        "package-lock.json": npm_lock("react", "react-scripts"),
        "src/App.js": "fetch(process.env.REACT_APP_API)\n",
    },
    "vite-spa": {
        "package.json": node(
            engines={"node": "22.x"},
            scripts={"build": "tsc && vite build", "start": "vite preview", "dev": "vite"},
            dependencies={"react": "^18"},
            devDependencies={"vite": "^5.0.0", "typescript": "^5"},
        ),
        "package-lock.json": npm_lock("react", "vite", "typescript"),
        "vite.config.ts": "export default {\n  build: { outDir: 'out' },\n}\n",
        "index.html": "",
    },
}

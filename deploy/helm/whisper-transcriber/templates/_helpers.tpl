{{- define "whisper.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{- else -}}{{ printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "whisper.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "whisper.labels" -}}
{{ include "whisper.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- /* What tells the series of this release from those of others: labels that the Prometheus operator gives to what a ServiceMonitor finds. */ -}}
{{- define "whisper.series" -}}
namespace="{{ .Release.Namespace }}",service=~"{{ include "whisper.fullname" . }}(-worker)?"
{{- end -}}

{{- /* A rule of files/whisper.rules.yml (expr) for the series of this release (root): each selector, with matchers or without, gets those of
"whisper.series". Quoted text, every second part, stays. */ -}}
{{- define "whisper.scoped" -}}
{{- $scope := printf "{%s," (include "whisper.series" .root) -}}
{{- range $index, $part := splitList "\"" .expr -}}
{{- if $index }}"{{ end -}}
{{- if eq (mod $index 2) 0 -}}
{{- $part = regexReplaceAll "\\b((?:whisper|nodejs|process)[_:][a-zA-Z0-9_:]*|up)\\b" $part "${1}{}" -}}
{{- $part = regexReplaceAll "\\{\\}\\s*\\{" $part "{" -}}
{{- $part = regexReplaceAll "(\\w)\\{" $part (printf "${1}%s" $scope) | replace ",}" "}" -}}
{{- end -}}
{{- $part -}}
{{- end -}}
{{- end -}}

{{- define "whisper.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "whisper.validate" -}}
{{- $v := .Values -}}
{{- if eq $v.mode "single" -}}
{{- if ne (int $v.api.replicas) 1 }}{{ fail "mode single is one pod: set api.replicas to 1, or mode to scaled" }}{{ end -}}
{{- if $v.api.autoscaling.enabled }}{{ fail "mode single is one pod: api.autoscaling needs mode scaled" }}{{ end -}}
{{- if $v.worker.keda.enabled }}{{ fail "mode single has no worker pods: worker.keda needs mode scaled" }}{{ end -}}
{{- if $v.backup.schedule }}{{ fail "mode single has its database in its pod, where backups are made: backup.schedule needs mode scaled" }}{{ end -}}
{{- if $v.redis.url }}{{ fail "mode single has its queue in itself: redis.url needs mode scaled" }}{{ end -}}
{{- else -}}
{{- if ne $v.blobs.driver "s3" }}{{ fail "mode scaled has several pods, which cannot share a volume: set blobs.driver to s3" }}{{ end -}}
{{- if not $v.redis.url }}{{ fail "mode scaled needs a Redis server: set redis.url" }}{{ end -}}
{{- if regexMatch "://[^/]*@" $v.redis.url }}{{ fail "redis.url is no secret: put the password into the key REDIS_PASSWORD of existingSecret" }}{{ end -}}
{{- if and $v.api.autoscaling.enabled (gt (int $v.api.autoscaling.minReplicas) (int $v.api.autoscaling.maxReplicas)) }}{{ fail "api.autoscaling.minReplicas is above its maxReplicas" }}{{ end -}}
{{- if and $v.worker.keda.enabled (gt (int $v.worker.keda.minReplicas) (int $v.worker.keda.maxReplicas)) }}{{ fail "worker.keda.minReplicas is above its maxReplicas" }}{{ end -}}
{{- if and $v.worker.keda.enabled (not $v.worker.keda.prometheusAddress) }}{{ fail "worker.keda asks Prometheus: set worker.keda.prometheusAddress" }}{{ end -}}
{{- if and $v.backup.schedule (not $v.backup.existingClaim) }}{{ fail "backups need a place: set backup.existingClaim" }}{{ end -}}
{{- end -}}
{{- if and (eq $v.blobs.driver "s3") (not $v.blobs.s3.bucket) }}{{ fail "blobs.driver s3 needs blobs.s3.bucket" }}{{ end -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) }}{{ fail "ingress needs ingress.host" }}{{ end -}}
{{- $secrets := include "whisper.secretNames" . | splitList " " -}}
{{- $own := include "whisper.ownNames" . | splitList " " -}}
{{- range $name, $value := $v.config -}}
{{- if has $name $secrets }}{{ fail (printf "config.%s is a secret: put it into existingSecret" $name) }}{{ end -}}
{{- if has $name $own }}{{ fail (printf "config.%s is set by the chart from its other values" $name) }}{{ end -}}
{{- end -}}
{{- $seen := dict -}}
{{- range $v.extraEnv -}}
{{- if has .name $secrets }}{{ fail (printf "extraEnv: %s is a secret: put it into existingSecret" .name) }}{{ end -}}
{{- if has .name $own }}{{ fail (printf "extraEnv: %s is set by the chart from its other values" .name) }}{{ end -}}
{{- if hasKey $v.config .name }}{{ fail (printf "extraEnv: %s is in config too" .name) }}{{ end -}}
{{- if hasKey $seen .name }}{{ fail (printf "extraEnv: %s is there twice" .name) }}{{ end -}}
{{- $_ := set $seen .name true -}}
{{- end -}}
{{- end -}}

{{- define "whisper.secretNames" -}}
SECRET_KEY JWT_SECRET_KEY ADMIN_BOOTSTRAP_PASSWORD DATABASE_URL REDIS_PASSWORD S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY METRICS_TOKEN ADMIN_METRICS_TOKEN MODEL_HUB_TOKEN OTEL_EXPORTER_OTLP_HEADERS
{{- end -}}

{{- define "whisper.ownNames" -}}
SERVICE_TYPE NODE_ENV HOST PORT WORKER_PORT DATA_DIR PUBLIC_URL TRUST_PROXY QUEUE_DRIVER REDIS_URL BLOB_DRIVER S3_BUCKET S3_ENDPOINT S3_REGION S3_PREFIX S3_FORCE_PATH_STYLE MODEL_DIR WORKER_EMBEDDED SHUTDOWN_GRACE_S SHUTDOWN_DRAIN_S LOG_FORMAT
{{- end -}}

{{- define "whisper.env" -}}
{{- $v := .Values -}}
{{- $single := eq $v.mode "single" -}}
{{- $env := dict "NODE_ENV" "production" "HOST" "0.0.0.0" "PORT" "8001" "WORKER_PORT" "8002" "DATA_DIR" "/app/data" "LOG_FORMAT" "json" "TRUST_PROXY" $v.trustProxy "BLOB_DRIVER" $v.blobs.driver "SHUTDOWN_GRACE_S" $v.shutdownGraceSeconds "SHUTDOWN_DRAIN_S" $v.drainSeconds "WORKER_EMBEDDED" $single "QUEUE_DRIVER" (ternary "embedded" "bull" $single) -}}
{{- if $v.publicUrl }}{{ $_ := set $env "PUBLIC_URL" $v.publicUrl }}{{ end -}}
{{- if $single }}{{ $_ := set $env "DATABASE_URL" "embedded" }}{{ else }}{{ $_ := set $env "REDIS_URL" $v.redis.url }}{{ end -}}
{{- if $v.models.existingClaim }}{{ $_ := set $env "MODEL_DIR" "/app/models-pulled" }}{{ end -}}
{{- if eq $v.blobs.driver "s3" }}{{ $s3 := $v.blobs.s3 }}{{ $_ := merge $env (dict "S3_BUCKET" $s3.bucket "S3_REGION" $s3.region "S3_FORCE_PATH_STYLE" $s3.forcePathStyle) }}
{{- if $s3.endpoint }}{{ $_ := set $env "S3_ENDPOINT" $s3.endpoint }}{{ end -}}
{{- if $s3.prefix }}{{ $_ := set $env "S3_PREFIX" $s3.prefix }}{{ end -}}
{{- end -}}
{{- /* First, so that others may have them in their values: $(NAME). */ -}}
{{- with $v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- range $name, $value := merge $env $v.config }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- $needed := list "SECRET_KEY" "JWT_SECRET_KEY" "ADMIN_BOOTSTRAP_PASSWORD" -}}
{{- $optional := list "METRICS_TOKEN" "ADMIN_METRICS_TOKEN" "MODEL_HUB_TOKEN" "OTEL_EXPORTER_OTLP_HEADERS" -}}
{{- if not $single }}{{ $needed = concat $needed (list "DATABASE_URL" "REDIS_PASSWORD") }}{{ end -}}
{{- if eq $v.blobs.driver "s3" }}{{ $optional = concat $optional (list "S3_ACCESS_KEY_ID" "S3_SECRET_ACCESS_KEY") }}{{ end -}}
{{- range $needed }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $v.existingSecret | quote }}, key: {{ . }} } }
{{- end }}
{{- range $optional }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $v.existingSecret | quote }}, key: {{ . }}, optional: true } }
{{- end }}
{{- end -}}

{{- define "whisper.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
{{/* PostgreSQL refuses a folder that its group may read: only the empty volume is changed. */ -}}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "whisper.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "whisper.mounts" -}}
- { name: data, mountPath: /app/data }
- { name: tmp, mountPath: /tmp }
{{- if .Values.models.existingClaim }}
- { name: models, mountPath: /app/models-pulled, readOnly: true }
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "whisper.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if eq .Values.mode "single" }}
- name: data
  persistentVolumeClaim: { claimName: {{ default (printf "%s-data" (include "whisper.fullname" .)) .Values.persistence.existingClaim }} }
{{- else }}
- name: data
  emptyDir: { sizeLimit: {{ .Values.scratch.sizeLimit }} }
{{- end }}
{{- if .Values.models.existingClaim }}
- name: models
  persistentVolumeClaim: { claimName: {{ .Values.models.existingClaim }}, readOnly: true }
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The nodes that a pod may run on, in its spec. Call with the values of its component. */ -}}
{{- define "whisper.placement" -}}
{{- range $name := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $ $name }}
  {{ $name }}: {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The pod of a component. Call with root, component, type, port and of (its values). */ -}}
{{- define "whisper.pod" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "whisper.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  {{- with .of.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "whisper.fullname" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $root.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ add $root.Values.drainSeconds $root.Values.shutdownGraceSeconds 15 }}
  securityContext: {{- include "whisper.podSecurity" $root | nindent 4 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "whisper.selector" $root | nindent 10 }}
          app.kubernetes.io/component: {{ .component }}
  containers:
    - name: {{ .component }}
      image: {{ include "whisper.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      env:
        - { name: SERVICE_TYPE, value: {{ .type }} }
        {{- include "whisper.env" $root | trim | nindent 8 }}
      ports:
        - { name: http, containerPort: {{ .port }} }
      # Once the schema is there and the model was loaded; where another process transcribes, once a model is there. What is away later, or
      # serves several pods, does not count.
      startupProbe:
        httpGet: { path: /startupz, port: http }
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: {{ div (add $root.Values.startupSeconds 4) 5 }}
      livenessProbe:
        httpGet: { path: /livez, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      # An API serves what is there, and takes what is to be done, while all workers are gone: the alerts tell of those.
      readinessProbe:
        httpGet: { path: {{ ternary "/readyz?exclude=worker&exclude=model" "/readyz" (eq .component "api") | quote }}, port: http }
        periodSeconds: 5
        timeoutSeconds: 5
      resources: {{- toYaml .of.resources | nindent 8 }}
      securityContext: {{- include "whisper.containerSecurity" $root | nindent 8 }}
      volumeMounts: {{- include "whisper.mounts" $root | nindent 8 }}
  volumes: {{- include "whisper.volumes" $root | nindent 4 }}
  {{- include "whisper.placement" .of }}
{{- end -}}

{{- /* The pod of a job beside the service. Call with root, component, of (its values) and command; with claim and mountPath for a volume. */ -}}
{{- define "whisper.jobPod" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "whisper.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with $root.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext: {{- include "whisper.podSecurity" $root | nindent 4 }}
  containers:
    - name: {{ .component }}
      image: {{ include "whisper.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      workingDir: /app
      command: {{ toJson .command }}
      env: {{- include "whisper.env" $root | trim | nindent 8 }}
      resources: {{- toYaml .of.resources | nindent 8 }}
      securityContext: {{- include "whisper.containerSecurity" $root | nindent 8 }}
      volumeMounts:
        - { name: data, mountPath: /app/data }
        - { name: tmp, mountPath: /tmp }
        {{- if .claim }}
        - { name: {{ .component }}, mountPath: {{ .mountPath }} }
        {{- end }}
        {{- with $root.Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - { name: data, emptyDir: {} }
    - { name: tmp, emptyDir: {} }
    {{- if .claim }}
    - { name: {{ .component }}, persistentVolumeClaim: { claimName: {{ .claim }} } }
    {{- end }}
    {{- with $root.Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- include "whisper.placement" .of }}
{{- end -}}

{{- /* The port of an address of a server, also where it goes without saying. */ -}}
{{- define "whisper.port" -}}
{{- $usual := get (dict "https" "443" "redis" "6379" "rediss" "6379") (regexFind "^[a-z]+" .) | default "80" -}}
{{- regexReplaceAll "^[a-z]+://([^/?#]*).*$" . "${1}" | regexFind ":[0-9]+$" | trimPrefix ":" | default $usual -}}
{{- end -}}

{{- /* Ways out of a network policy: to what tells addresses of names, … */ -}}
{{- define "whisper.egress.dns" -}}
- to: {{- toYaml .Values.networkPolicy.dns.to | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.dns.ports }}
    - { protocol: UDP, port: {{ . }} }
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end -}}

{{- /* … to PostgreSQL, Redis and the S3 store, … */ -}}
{{- define "whisper.egress.dependencies" -}}
{{- $ports := list -}}
{{- range .Values.networkPolicy.dependencyPorts }}{{ $ports = append $ports (toString .) }}{{ end -}}
{{- with .Values.redis.url }}{{ $ports = append $ports (include "whisper.port" .) }}{{ end -}}
{{- with .Values.blobs }}{{ if eq .driver "s3" }}{{ $ports = append $ports (include "whisper.port" (default "https:" .s3.endpoint)) }}{{ end }}{{ end -}}
- ports:
    {{- range uniq $ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with .Values.networkPolicy.dependenciesTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- /* … and to the collector that the settings name, if they do. */ -}}
{{- define "whisper.egress.collector" -}}
{{- $config := .Values.config -}}
{{- $address := default $config.OTEL_EXPORTER_OTLP_ENDPOINT $config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT -}}
{{- $off := or (eq (toString $config.OTEL_SDK_DISABLED) "true") (eq (toString $config.OTEL_TRACES_EXPORTER) "none") -}}
{{- if and $address (not $off) -}}
- ports: [{ protocol: TCP, port: {{ include "whisper.port" $address }} }]
  {{- with .Values.networkPolicy.collectorTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "whisper.egress" -}}
{{ include "whisper.egress.dns" . }}
{{- if or (eq .Values.mode "scaled") (eq .Values.blobs.driver "s3") }}
{{ include "whisper.egress.dependencies" . }}
{{- end }}
{{- with include "whisper.egress.collector" . }}
{{ . }}
{{- end }}
{{- if .Values.networkPolicy.allowInternet }}
- to:
    - ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16] }
    - ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] }
  ports: [{ protocol: TCP, port: 80 }, { protocol: TCP, port: 443 }]
{{- end }}
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Something where the service is to be reached from outside of the cluster and the policy lets in none but its pods. */ -}}
{{- define "whisper.closedToOutside" -}}
{{- if and .Values.networkPolicy.enabled (ne .Values.service.type "ClusterIP") .Values.networkPolicy.ingressFrom -}}
{{- $addresses := false -}}
{{- range .Values.networkPolicy.ingressFrom }}{{ if .ipBlock }}{{ $addresses = true }}{{ end }}{{ end -}}
{{- if not $addresses }}closed{{ end -}}
{{- end -}}
{{- end -}}

{{- /* Uploads pass as they come, and events and texts as they are written. Call with the values of the ingress, whose own go before these. */ -}}
{{- define "whisper.ingressAnnotations" -}}
nginx.ingress.kubernetes.io/proxy-body-size: {{ .maxBodySize | quote }}
nginx.ingress.kubernetes.io/proxy-request-buffering: 'off'
nginx.ingress.kubernetes.io/proxy-buffering: 'off'
nginx.ingress.kubernetes.io/proxy-http-version: '1.1'
nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'
nginx.ingress.kubernetes.io/proxy-send-timeout: '3600'
{{- end -}}

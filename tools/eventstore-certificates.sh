#!/bin/sh
# Makes an authority of your own and, signed by it, the certificate of an EventStoreDB node, in a folder: ca.crt, node.crt and node.key.
# sh tools/eventstore-certificates.sh FOLDER NAME… with the names by which programs reach the node; the key of the authority is not kept.
set -eu
umask 077
[ "$#" -ge 2 ] || { echo "sh tools/eventstore-certificates.sh FOLDER NAME…" >&2; exit 2; }
folder=$1
shift
mkdir -p "$folder"
cd "$folder"
# Only the key is secret.
chmod 755 .
[ ! -e node.key ] || { echo "$folder has a node.key already" >&2; exit 1; }
names=$(printf 'DNS:%s,' "$@")
authority=$(mktemp)
trap 'rm -f "$authority"' EXIT
openssl req -x509 -newkey rsa:3072 -noenc -days 3650 -subj '/CN=EventStoreDB of Averment' -keyout "$authority" -out ca.crt
openssl req -x509 -newkey rsa:3072 -noenc -days 3650 -subj '/CN=eventstoredb-node' -CA ca.crt -CAkey "$authority" -keyout node.key -out node.crt \
  -addext "subjectAltName=${names%,}" -addext 'basicConstraints=critical,CA:FALSE' -addext 'keyUsage=digitalSignature,keyEncipherment' \
  -addext 'extendedKeyUsage=serverAuth,clientAuth'
chmod 444 ca.crt node.crt
chmod 400 node.key

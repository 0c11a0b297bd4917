// This file takes bodies apart: aws-chunked framing with or without trailing checksum, and the checksums that a
// request declares (S3 API Reference, "Authenticating Requests: chunked upload", "Checking object integrity").
package s3sim

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // S3 defines Content-MD5.
	"crypto/sha1" //nolint:gosec // S3 defines x-amz-checksum-sha1.
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strconv"
	"strings"
)

// algorithms are the checksums of S3 by the last part of their header's name.
var algorithms = map[string]func() hash.Hash{
	"crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) }, // reversed NVME polynomial
	"sha1":      sha1.New,
	"sha256":    sha256.New,
}

func checksum(algorithm string, body []byte) string {
	h := algorithms[algorithm]()
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func md5Sum(body []byte) []byte {
	sum := md5.Sum(body) //nolint:gosec // an ETag of S3 is the MD5 of the body.
	return sum[:]
}

// decodeBody gives the payload of a request and checks every checksum that it declares. A checksum in a trailer is put
// among the request's headers, where operations look for it.
func decodeBody(r *http.Request, raw []byte) ([]byte, error) {
	body := raw
	declared := r.Header.Get("X-Amz-Content-Sha256")
	if strings.HasPrefix(declared, "STREAMING-") {
		var err error
		if body, err = unchunk(raw, r.Header); err != nil {
			return nil, err
		}
		if length := r.Header.Get("X-Amz-Decoded-Content-Length"); length != strconv.Itoa(len(body)) {
			return nil, newFault("IncompleteBody", http.StatusBadRequest,
				"You did not provide the number of bytes specified by the Content-Length HTTP header")
		}
	} else if len(declared) == 2*sha256.Size {
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != declared {
			return nil, newFault("XAmzContentSHA256Mismatch", http.StatusBadRequest,
				"The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
	}
	if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
		// The checksum of CompleteMultipartUpload is that of the object, not of the list of parts that is its body.
		return body, nil
	}
	return body, checkSums(r.Header, body)
}

func checkSums(header http.Header, body []byte) error {
	if declared := header.Get("Content-Md5"); declared != "" {
		sum, err := base64.StdEncoding.DecodeString(declared)
		if err != nil || len(sum) != md5.Size {
			return newFault("InvalidDigest", http.StatusBadRequest, "The Content-MD5 you specified is not valid.")
		}
		if !bytes.Equal(sum, md5Sum(body)) {
			return newFault("BadDigest", http.StatusBadRequest, "The Content-MD5 you specified did not match what we received.")
		}
	}
	for name := range algorithms {
		declared := header.Get("X-Amz-Checksum-" + name)
		if declared != "" && declared != checksum(name, body) {
			return newFault("BadDigest", http.StatusBadRequest,
				"The "+strings.ToUpper(name)+" you specified did not match the calculated checksum.")
		}
	}
	return nil
}

// unchunk takes off the aws-chunked framing: SIZE[;chunk-signature=…] CRLF bytes CRLF, up to a chunk of size 0, then the
// trailing headers.
func unchunk(raw []byte, header http.Header) ([]byte, error) {
	incomplete := newFault("IncompleteBody", http.StatusBadRequest, "The request body terminated unexpectedly")
	var body []byte
	for {
		line, rest, found := bytes.Cut(raw, []byte("\r\n"))
		if !found {
			return nil, incomplete
		}
		text, _, _ := strings.Cut(string(line), ";")
		size, err := strconv.ParseUint(text, 16, 31)
		if err != nil {
			return nil, incomplete
		}
		if size == 0 {
			return body, readTrailer(rest, header)
		}
		n := int(size)
		if len(rest) < n+2 || string(rest[n:n+2]) != "\r\n" {
			return nil, incomplete
		}
		body, raw = append(body, rest[:n]...), rest[n+2:]
	}
}

func readTrailer(raw []byte, header http.Header) error {
	announced := strings.ToLower(header.Get("X-Amz-Trailer"))
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		name, value, found := strings.Cut(line, ":")
		if found && strings.EqualFold(name, announced) {
			header.Set(name, strings.TrimSpace(value))
			announced = ""
		}
	}
	if announced != "" {
		return newFault("MalformedTrailerError", http.StatusBadRequest,
			"The request contained trailing data that was not well-formed or did not conform to our published schema.")
	}
	return nil
}

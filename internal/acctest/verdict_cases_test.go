package acctest

import (
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file lists what boundaries, keys and Block Public Access do to a share, each beside its harmless twin.

// judged is one share on a bucket of its own, whose name ends in the name of the case.
type judged struct {
	boundary, key string // ARNs
	// public tells that somebody's statement makes the bucket policy public, restricted that RestrictPublicBuckets is set.
	public, restricted bool
	more               string
	// warned is what the one warning of the plan says; empty for none.
	warned []string
	// verdict is what the attribute says, besides.
	verdict []string
	// refused tells that enforce_verdict = true refuses the share, and that reading is refused.
	refused bool
	// granted tells that somebody made a grant of the key for the consumer.
	granted bool
	// unreached tells that nobody calls: on what the case depends, a call of this test does not show.
	unreached bool
}

const (
	leftAlone = direct + "\nkms_access = \"none\""
	byLimited = "provider = crossaccount.limited\n"
	keyOwner  = `{"Sid":"Owner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}`
	listing   = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`
	// unseeing may do everything but read what a verdict rests on.
	unseeing = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:*","kms:*"],"Resource":"*"},{"Effect":"Deny",` +
		`"Action":["iam:GetPolicy","kms:GetKeyPolicy","s3:GetBucketPublicAccessBlock","s3:GetAccountPublicAccessBlock"],"Resource":"*"}]}`
)

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func (w *World) judgedCases() map[string]judged {
	const (
		allS3       = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		noData      = `{"Sid":"NoData","Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
		nearby      = `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}`
		onlyAdmin   = `{"Sid":"OnlyAdmin","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:user/admin"}}}`
		onlyAccount = `{"Sid":"OnlyAccount","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringNotEquals":{"kms:CallerAccount":"111111111111"}}}`
	)
	key := func(statements ...string) string {
		return w.Owner.AddKey(awssim.KeyOptions{Region: Region, Policy: document(statements...)})
	}
	boundary := func(name string, statements ...string) string {
		return w.Owner.AddPolicy("/", name, document(statements...))
	}
	wide, silent, denies := boundary("wide", allS3), boundary("silent", listing), boundary("denies", allS3, noData)
	near := boundary("nearby", nearby)
	open, closed := key(keyOwner), w.Owner.AddKey(awssim.KeyOptions{Region: Region, Policy: onlyAdmins})
	guarded, ours := key(keyOwner, onlyAdmin), key(keyOwner, onlyAccount)
	alone, granted := key(keyOwner), key(keyOwner)
	const wider = "Grants are wider than the share"
	return map[string]judged{
		"boundary":        {boundary: wide},
		"boundary-of-aws": {boundary: "arn:aws:iam::aws:policy/AmazonS3FullAccess"},
		"boundary-silent": {boundary: silent, refused: true, warned: []string{"the permissions boundary " + silent + " does not allow s3:GetObject"}},
		"boundary-denies": {boundary: denies, refused: true, warned: []string{`statement "NoData" of the permissions boundary ` + denies + " refuses s3:GetObject for sessions of this role"}},
		"boundary-if":     {boundary: near, warned: []string{"works under conditions that others set", "allows s3:GetObject only if aws:SourceIp is in 127.0.0.0/8"}},
		"boundary-unread": {boundary: wide, more: byLimited, warned: []string{"iam:GetPolicy is refused", "how much of the share permissions boundary " + wide + " leaves is not known"},
			verdict: []string{"under the conditions below", "the permissions boundary " + wide + " was not read"}},
		"boundary-and-key": {boundary: wide, key: open, refused: true, warned: []string{"the permissions boundary " + wide + " does not allow kms:Decrypt"}},

		"key":        {key: open},
		"key-closed": {key: closed, refused: true, warned: []string{"the policy of key " + closed + " does not allow kms:Decrypt: a statement for arn:aws:iam::111111111111:role/crossaccount/key-closed"}},
		"key-denies": {key: guarded, refused: true, warned: []string{`statement "OnlyAdmin" of the policy of key ` + guarded + " refuses kms:Decrypt for sessions of this role"}},
		"key-unread": {key: open, more: byLimited, warned: []string{"kms:GetKeyPolicy is refused", "whether the policy of key " + open + " lets the role use it is not known"},
			verdict: []string{"under the conditions below", "the policy of key " + open + " was not read"}},

		"direct-key":        {key: open, more: direct},
		"direct-key-denies": {key: ours, more: direct, refused: true, warned: []string{`statement "OnlyAccount" of the policy of key ` + ours + " refuses kms:Decrypt for role etl of account 222222222222"}},
		"direct-key-none":   {key: alone, more: leftAlone, refused: true, warned: []string{"the policy of key " + alone + ` does not allow kms:Decrypt: kms_access = "key_policy" or "grant" would`}},
		"direct-key-granted": {key: granted, more: leftAlone, granted: true, warned: []string{"the policy of key " + granted +
			` does not allow kms:Decrypt, but grant "by-hand" of the key does, as far as its constraints let it`}},
		"direct-grant":        {key: open, more: direct + "\nkms_access = \"grant\"", warned: []string{wider}},
		"direct-grant-denies": {key: ours, more: direct + "\nkms_access = \"grant\"", refused: true, warned: []string{wider, `statement "OnlyAccount" of the policy of key ` + ours + " refuses kms:Decrypt"}},

		"public":        {public: true, restricted: true},
		"direct-public": {public: true, restricted: true, more: direct, refused: true, warned: []string{"RestrictPublicBuckets of bucket acme-direct-public refuses s3:GetObject", `statement "Web"`}},
		"direct-open":   {public: true, more: direct},
		"direct-unread": {public: true, more: byLimited + direct, unreached: true,
			warned:  []string{"s3:GetBucketPublicAccessBlock is refused", "s3:GetAccountPublicAccessBlock is refused"},
			verdict: []string{"whether RestrictPublicBuckets of bucket acme-direct-unread or account 111111111111 keeps out everybody outside account 111111111111 is not known"}},
	}
}

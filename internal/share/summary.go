package share

import (
	"fmt"
	"slices"
	"strings"
)

// Summary says in sentences who may do what, one sentence for each principal and one for each limit.
func (s Spec) Summary() []string {
	s = s.Normalized()
	may := "may " + Joined(s.verbs(), "and") + " " + Joined(s.places(), "and")
	var sentences []string
	for _, who := range s.whos() {
		sentences = append(sentences, fmt.Sprintf("account %s, %s: %s", s.Consumer.AccountID, who, may))
	}
	sentences = append(sentences, s.callers()...)
	if s.UsesAccessPoint() {
		sentences = append(sentences, "S3 calls must name access point "+s.AccessPointName()+" in place of the bucket")
	}
	if ways := s.networks(); len(ways) > 0 {
		calls := "S3 calls"
		if len(s.Perimeter.SourceIPs) > 0 && !s.IsDirect() {
			calls += " and AssumeRole"
		}
		sentences = append(sentences, calls+" must come "+Joined(ways, "or"))
	}
	if len(s.renderKeyUse()) > 0 {
		sentences = append(sentences, "objects encrypted with KMS need "+Joined(texts(s.KMSKeys), "or")+", "+s.keyUsers())
	}
	if !s.ExpiresAt.IsZero() {
		sentences = append(sentences, "all access ends at "+s.Expiry())
	}
	if s.PermissionsBoundary != "" {
		sentences = append(sentences, "only as far as the permissions boundary "+s.PermissionsBoundary+" allows it too")
	}
	return sentences
}

// callers says what every caller must bring along.
func (s Spec) callers() []string {
	const mustBe = " must be in organization "
	switch org := s.Perimeter.PrincipalOrgID; {
	case s.IsDirect() && org == "":
		return []string{"they call S3 with their own credentials, which a policy of their account must allow, too"}
	case s.IsDirect():
		return []string{"they call S3 with their own credentials, which a policy of their account must allow, too", "the caller" + mustBe + org}
	case org == "":
		return []string{"every AssumeRole must carry the external ID"}
	default:
		return []string{"every AssumeRole must carry the external ID", "the caller of AssumeRole" + mustBe + org}
	}
}

// keyUsers says who may use the keys, and by what.
func (s Spec) keyUsers() string {
	switch {
	case !s.IsDirect():
		return "which the role may use through S3"
	case s.KMSAccess == NoKeyAccess:
		return "whose policy somebody else must open to them"
	case s.KMSAccess == KeyGrants:
		return "which they may use by a grant for whatever it encrypts"
	}
	return "which they may use through S3"
}

// WhoCanAssume names those whom the share lets assume the role, for sentences about the external ID.
func (s Spec) WhoCanAssume() string {
	if len(s.Consumer.Principals) == 0 {
		return "anyone in account " + s.Consumer.AccountID
	}
	return Joined(s.whos(), "and") + " of account " + s.Consumer.AccountID
}

func (s Spec) whos() []string {
	if len(s.Consumer.Principals) == 0 {
		return []string{"any principal that the account itself allows"}
	}
	whos := make([]string, 0, len(s.Consumer.Principals))
	for _, principal := range s.Consumer.Principals {
		whos = append(whos, principal.described())
	}
	return whos
}

var verbs = map[Word]string{
	Read: "read", List: "list", ReadVersions: "read versions of", Write: "write", Tag: "tag", Delete: "delete",
}

// Verb is what the word lets somebody do, as sentences say it.
func (w Word) Verb() string { return verbs[w] }

func (s Spec) verbs() []string {
	words := make([]string, 0, len(s.Access))
	for _, word := range s.Access {
		words = append(words, word.Verb())
	}
	return words
}

func (s Spec) places() []string {
	if len(s.Prefixes) == 0 {
		return []string{fmt.Sprintf("s3://%s/*", s.Bucket)}
	}
	places := make([]string, 0, len(s.Prefixes))
	for _, prefix := range s.Prefixes {
		places = append(places, fmt.Sprintf("s3://%s/%s*", s.Bucket, prefix))
	}
	return places
}

func (s Spec) networks() []string {
	var ways []string
	if len(s.Perimeter.SourceIPs) > 0 {
		ways = append(ways, "from "+Joined(sorted(s.Perimeter.SourceIPs), "or"))
	}
	if len(s.Perimeter.SourceVPCEIDs) > 0 {
		ways = append(ways, "through "+Joined(sorted(s.Perimeter.SourceVPCEIDs), "or"))
	}
	return ways
}

// Joined writes a list as a sentence does: a, b and c.
func Joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	head := slices.Clone(words[:len(words)-1])
	return strings.Join(head, ", ") + " " + last + " " + words[len(words)-1]
}

// SPDX-License-Identifier: Apache-2.0
#include "access/pam.hpp"

#include <security/pam_appl.h>
#include <string.h>

#include <cstdlib>

namespace charmux::access {
namespace {

struct Asked {
  const PamQuestion& question;
  const std::string& password;
};

/// Answers that PAM has not taken are wiped: a password may be among them.
void drop(pam_response* answers, int count) {
  for (int i = 0; i < count; ++i) {
    if (answers[i].resp == nullptr) continue;
    ::explicit_bzero(answers[i].resp, ::strlen(answers[i].resp));
    std::free(answers[i].resp);
  }
  std::free(answers);
}

/// pam_conv(3): a question without echo is for the password, one with echo for the name; what is said is heard by
/// nobody. A question without an answer (a NULL resp) cannot be, so each that asks has one.
int converse(int count, const pam_message** messages, pam_response** out, void* data) {
  const Asked& asked = *static_cast<const Asked*>(data);
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  auto* const answers = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (answers == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    const int style = messages[i]->msg_style;
    if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG) continue;
    const bool secret = style == PAM_PROMPT_ECHO_OFF;
    const bool known = secret || style == PAM_PROMPT_ECHO_ON;
    if (known) answers[i].resp = ::strdup((secret ? asked.password : asked.question.name).c_str());
    if (answers[i].resp != nullptr) continue;
    drop(answers, count);
    return known ? PAM_BUF_ERR : PAM_CONV_ERR;
  }
  *out = answers;
  return PAM_SUCCESS;
}

/// In the place of libpam's sleep after a wrong password, of 2 s most often: all other logins would wait for it.
void no_delay(int, unsigned, void*) {}

int ask(pam_handle_t* pam, const PamQuestion& question) {
  // libpam keeps a function as a pointer to data (pam_set_item(3)).
  const auto delay = reinterpret_cast<const void*>(&no_delay);
  if (const int code = ::pam_set_item(pam, PAM_FAIL_DELAY, delay); code != PAM_SUCCESS) return code;
  if (!question.from.empty())
    if (const int code = ::pam_set_item(pam, PAM_RHOST, question.from.c_str()); code != PAM_SUCCESS) return code;
  constexpr int kQuietly = PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK;
  if (const int code = ::pam_authenticate(pam, kQuietly); code != PAM_SUCCESS) return code;
  if (const int code = ::pam_acct_mgmt(pam, kQuietly); code != PAM_SUCCESS) return code;
  // A module may have mapped the name to another's (PAM_USER), who is not the one that this door would let in.
  const void* name = nullptr;
  if (const int code = ::pam_get_item(pam, PAM_USER, &name); code != PAM_SUCCESS) return code;
  return name != nullptr && question.name == static_cast<const char*>(name) ? PAM_SUCCESS : PAM_USER_UNKNOWN;
}

}  // namespace

Status ask_pam(const PamQuestion& question, const std::string& password) {
  if (password.find('\0') != std::string::npos) return failure("a password with a NUL byte is nobody's");
  Asked asked{question, password};
  const pam_conv conversation{&converse, &asked};
  pam_handle_t* pam = nullptr;
  int code = ::pam_start(question.service.c_str(), question.name.c_str(), &conversation, &pam);
  if (code != PAM_SUCCESS)
    return failure("PAM service {} cannot be asked: {}", question.service, ::pam_strerror(pam, code));
  code = ask(pam, question);
  const std::string why = ::pam_strerror(pam, code);
  ::pam_end(pam, code);
  if (code != PAM_SUCCESS) return failure("PAM service {}: {}", question.service, why);
  return {};
}

}  // namespace charmux::access

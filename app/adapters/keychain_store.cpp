#include "app/adapters/keychain_store.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <QFile>
#include <QStandardPaths>
#include <QThread>
#include <QTimer>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <qt6keychain/keychain.h>

namespace tau::app {

namespace {

/// What came of one job: its error code, and the value of a read.
struct Answer {
    QKeychain::Error error = QKeychain::OtherError;
    std::string said;
    Secret value;
    bool timed_out = false;
};

/// Runs jobs one at a time in a thread with an event loop, which they need and callers lack.
class JobThread {
public:
    JobThread() {
        thread_.setObjectName(QStringLiteral("keychain"));
        context_.moveToThread(&thread_);
        thread_.start();
    }
    ~JobThread() {
        thread_.quit();
        thread_.wait();
    }
    JobThread(const JobThread&) = delete;
    JobThread& operator=(const JobThread&) = delete;

    /// `make` runs in the thread. The job deletes itself, later than us if it has to.
    Answer run(const std::function<QKeychain::Job*()>& make, std::chrono::milliseconds deadline) {
        const auto shared = std::make_shared<Shared>();
        QMetaObject::invokeMethod(&context_, [shared, make, deadline] {
            QKeychain::Job* job = make();
            job->setAutoDelete(true);
            job->setInsecureFallback(false);
            QObject::connect(job, &QKeychain::Job::finished, job, [shared](QKeychain::Job* ended) {
                Answer answer;
                answer.error = ended->error();
                answer.said = ended->errorString().toStdString();
                if (auto* read = qobject_cast<QKeychain::ReadPasswordJob*>(ended)) {
                    QByteArray data = read->binaryData();
                    answer.value = Secret::copy_of(
                        std::string_view(data.constData(), static_cast<std::size_t>(data.size())));
                    wipe(data.data(), static_cast<std::size_t>(data.size()));
                }
                shared->give(std::move(answer));
            });
            QTimer::singleShot(deadline, job, [shared] {
                Answer late;
                late.timed_out = true;
                shared->give(std::move(late));
            });
            job->start();
        });
        std::unique_lock lock(shared->mutex);
        shared->changed.wait(lock, [&] { return shared->answer.has_value(); });
        return std::move(*shared->answer);
    }

private:
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<Answer> answer;
        void give(Answer result) {
            const std::lock_guard lock(mutex);
            if (!answer) {
                answer = std::move(result);
                changed.notify_one();
            }
        }
    };
    QObject context_;
    QThread thread_;
};

Error keychain_error(std::string_view what, const Answer& answer) {
    Error error{ErrorCode::unavailable,
                "The keychain did not " + std::string(what) + " the secret.",
                "Unlock the keychain, then try again.", bounded_text(answer.said)};
    if (answer.timed_out) {
        error.code = ErrorCode::timeout;
    } else if (answer.error == QKeychain::AccessDenied ||
               answer.error == QKeychain::AccessDeniedByUser) {
        error.code = ErrorCode::permission_denied;
    }
    return error;
}

class KeychainStore final : public SecretStore {
public:
    KeychainStore(const std::string& service, std::filesystem::path lock,
                  std::chrono::milliseconds patience)
        : service_(QString::fromStdString(service)), lock_(std::move(lock)), patience_(patience) {}

    Result<void> put(std::string_view name, const Secret& secret) override {
        const std::lock_guard lock(mutex_);
        const Answer answer = thread_.run(
            [&]() -> QKeychain::Job* {
                auto* job = new QKeychain::WritePasswordJob(service_);
                job->setKey(key(name));
                job->setBinaryData(QByteArray(reinterpret_cast<const char*>(secret.data()),
                                              static_cast<qsizetype>(secret.size())));
                return job;
            },
            patience_);
        return answer.error == QKeychain::NoError
                   ? Result<void>{}
                   : Result<void>(fail(keychain_error("keep", answer)));
    }

    /// The keychain has no such request, so our programs keep each other out by a lock.
    Result<Secret> put_if_absent(std::string_view name, const Secret& secret) override {
        // Whoever holds it may be waiting for a person, twice.
        const auto lock = FileLock::acquire(lock_, static_cast<int>(2 * patience_.count()));
        auto found = lock ? get(name) : fail(lock.error());
        if (!found) {
            return fail(found.error());
        }
        if (*found) {
            return std::move(**found);
        }
        const Result<void> kept = put(name, secret);
        return kept ? Result<Secret>(secret.clone()) : fail(kept.error());
    }

    Result<std::optional<Secret>> get(std::string_view name) override {
        return read(name, patience_);
    }

    Result<std::optional<Secret>> read(std::string_view name, std::chrono::milliseconds deadline) {
        const std::lock_guard lock(mutex_);
        Answer answer = thread_.run(
            [&]() -> QKeychain::Job* {
                auto* job = new QKeychain::ReadPasswordJob(service_);
                job->setKey(key(name));
                return job;
            },
            deadline);
        if (answer.error == QKeychain::EntryNotFound) {
            return std::nullopt;
        }
        if (answer.error != QKeychain::NoError) {
            return fail(keychain_error("give", answer));
        }
        return std::move(answer.value);
    }

    Result<void> erase(std::string_view name) override {
        const std::lock_guard lock(mutex_);
        const Answer answer = thread_.run(
            [&]() -> QKeychain::Job* {
                auto* job = new QKeychain::DeletePasswordJob(service_);
                job->setKey(key(name));
                return job;
            },
            patience_);
        if (answer.error == QKeychain::NoError || answer.error == QKeychain::EntryNotFound) {
            return {};
        }
        return fail(keychain_error("erase", answer));
    }

private:
    static QString key(std::string_view name) {
        return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    }

    QString service_;
    std::filesystem::path lock_;
    std::chrono::milliseconds patience_;
    std::mutex mutex_;
    JobThread thread_;
};

/// Without a session bus a look at the keychain would try to start one and hang.
bool has_session_bus() {
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
           QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

} // namespace

Result<std::unique_ptr<SecretStore>> open_keychain_store(const std::string& service,
                                                         const KeychainPatience& patience) {
    const Error none{ErrorCode::unavailable,
                     "This session has no keychain.",
                     "Secrets can be kept in an encrypted file under a passphrase instead.",
                     {}};
    if (!has_session_bus()) {
        return fail(none);
    }
    // Where the user's keychains are, too: one lock for all programs that see the same entries.
    const std::filesystem::path folder =
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation).toStdString();
    const std::filesystem::path own = folder / service;
    if (auto made = make_private_directory(own); !made) {
        return fail(made.error());
    }
    auto store = std::make_unique<KeychainStore>(service, own / "keychain.lock", patience.person);
    if (auto probe = store->read("probe", patience.probe); !probe) {
        Error error = none;
        error.detail = probe.error().detail;
        return fail(std::move(error));
    }
    return store;
}

} // namespace tau::app
